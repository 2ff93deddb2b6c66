from __future__ import annotations


def test_every_value_of_every_facet_is_counted_and_unknown_by_itself(client):
    told = client.get("/v1/facets").json()
    assert told["total"] == 3
    assert set(told["facets"]) == {
        *("phase", "setting", "technology", "theme", "outcome", "country", "independence", "sector", "kind")
    }
    assert told["facets"]["setting"] == {
        "values": [{"value": "rural", "cases": 1}, {"value": "urban", "cases": 1}],
        "unknown": 1,
    }
    assert told["facets"]["country"]["values"][0] == {"value": "GB", "cases": 2}
    assert told["facets"]["sector"] == {"values": [], "unknown": 3}


def test_a_count_is_what_choosing_that_value_gives(client):
    chosen = {"country": "GB"}
    told = client.get("/v1/facets", params=chosen).json()
    assert told["total"] == 2
    for facet, counted in told["facets"].items():
        for one in counted["values"]:
            filters = {**chosen, facet: one["value"]}
            assert client.get("/v1/cases", params=filters).json()["total"] == one["cases"], (facet, one)
    assert {one["value"] for one in told["facets"]["country"]["values"]} == {"GB", "US"}
    assert told["facets"]["setting"]["unknown"] == 1


def test_themes_tell_how_often_they_were_met_and_how_it_ended(shipped):
    themes = shipped.get("/v1/themes").json()["themes"]
    assert [one["cases"] for one in themes] == sorted((one["cases"] for one in themes), reverse=True)
    cost = next(one for one in themes if one["theme"] == "cost")
    assert cost["label"] == "cost"
    assert sum(cost["results"].values()) == cost["objections"] >= cost["cases"]
    assert shipped.get("/v1/cases", params={"theme": "cost"}).json()["total"] == cost["cases"]
    counted = shipped.get("/v1/facets").json()["facets"]["theme"]["values"]
    assert {one["value"]: one["cases"] for one in counted} == {
        one["theme"]: one["cases"] for one in themes if one["cases"]
    }
