"""Starts bqemulator, but for two things: DuckDB's extension for geography, which it would download at every start and which nothing here needs, is left out,
and there are threads for more streams of appends than one for each processor and four."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import grpc

grpc.aio.server = partial(grpc.aio.server, migration_thread_pool=ThreadPoolExecutor(64))

from bqemulator.cli import main  # noqa: E402
from bqemulator.storage.engine import DuckDBEngine  # noqa: E402

DuckDBEngine._load_spatial = lambda self: None

main()
