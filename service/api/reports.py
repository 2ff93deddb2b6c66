"""Reports on many schools, made as jobs: sent, told of, downloaded, deleted."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import FileResponse, JSONResponse, Response

from service.access import KeyNeeded, allowed, key_that_is_needed
from service.api.filtering import known_parameters_only
from service.jobs.address import ADDRESS
from service.jobs.forms import DESCRIBED, report_form
from service.jobs.queue import JobQueue
from service.jobs.schemas import ReportJobOut, ReportJobsOut
from service.problems import problem_responses

REPORT_COST = 10  # questions: it is worked on for long
EXAMPLE_ID = "5f0c2a9e7b1d4e38a6c90d1f2b3e4a57"
router = APIRouter(
    dependencies=[Depends(key_that_is_needed), Depends(known_parameters_only)], tags=["reports"]
)
TheId = Annotated[str, Path(max_length=100, description="Of the report.", examples=[EXAMPLE_ID])]


async def the_queue(request: Request) -> JobQueue:
    """Return the queue of the application."""
    queue: JobQueue = request.app.state.jobs
    return queue


TheQueue = Annotated[JobQueue, Depends(the_queue)]


@router.post(
    ADDRESS,
    status_code=202,
    response_model=ReportJobOut,
    responses=problem_responses(400, 403, 408, 409, 413, 415, 422, 429, 503, 507),
    dependencies=[allowed("reports", cost=REPORT_COST)],
    openapi_extra={"requestBody": DESCRIBED},
)
async def make_report(request: Request, queue: TheQueue, key: KeyNeeded) -> Response:
    """Ask for a report on many schools: a form with their files, and the options of `warts report`."""
    await queue.check_room(key.id)  # before anything is sent in vain
    async with report_form(request) as form:
        job = await queue.take(key.id, form.asked, form.files)
    told = ReportJobOut.of(job).model_dump(mode="json")
    return JSONResponse(told, 202, headers={"Location": f"{ADDRESS}/{job.id}"})


@router.get(ADDRESS, responses=problem_responses(403, 422), dependencies=[allowed("reports")])
async def reports(queue: TheQueue, key: KeyNeeded) -> ReportJobsOut:
    """List the reports of the key, the newest first."""
    return ReportJobsOut(reports=[ReportJobOut.of(job) for job in await queue.jobs_of(key.id)])


@router.get(
    f"{ADDRESS}/{{report_id}}", responses=problem_responses(403, 404, 422), dependencies=[allowed("reports")]
)
async def report(report_id: TheId, queue: TheQueue, key: KeyNeeded) -> ReportJobOut:
    """Tell how far a report is."""
    return ReportJobOut.of(await queue.find(key.id, report_id))


@router.delete(
    f"{ADDRESS}/{{report_id}}",
    status_code=204,
    responses=problem_responses(403, 404, 422),
    dependencies=[allowed("reports")],
)
async def delete_report(report_id: TheId, queue: TheQueue, key: KeyNeeded) -> None:
    """Cancel a report, whatever its state, and delete all that was sent and made."""
    await queue.cancel(key.id, report_id)


@router.get(
    f"{ADDRESS}/{{report_id}}/download",
    response_class=FileResponse,
    responses={
        200: {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}},
        **problem_responses(403, 404, 409, 422),
    },
    dependencies=[allowed("reports")],
)
async def download(report_id: TheId, queue: TheQueue, key: KeyNeeded) -> FileResponse:
    """Return a report that is done, packed."""
    file = await queue.zip_of(key.id, report_id)
    return FileResponse(file, media_type="application/zip", filename=f"report-{report_id[:8]}.zip")
