"""The cases as tools of an assistant, over the Model Context Protocol; see docs/mcp.md."""
