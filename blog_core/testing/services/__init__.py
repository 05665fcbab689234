"""Real servers for tests and measurements.

Each starts on a free port and ends with the program that started it, however that one ends.
"""

from blog_core.testing.services.postgres import PostgresServer
from blog_core.testing.services.tethered import ServiceError
from blog_core.testing.services.valkey import ValkeyServer
from blog_core.testing.services.web import WebServer, serve_in_thread

__all__ = ["PostgresServer", "ServiceError", "ValkeyServer", "WebServer", "serve_in_thread"]
