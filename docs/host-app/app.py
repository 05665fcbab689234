"""A shop that has a journal: the blog inside an app with its own users, database and pages.

    flask --app docs/host-app/app.py blog migrate
    flask --app docs/host-app/app.py run

The shop's own tables, its SQLAlchemy, its sign-in and its templates stay as they are. The blog asks
`shop_user` who is signed in, and keeps its tables apart (a schema of its own on PostgreSQL, a file
of its own on SQLite).
"""

import os

from flask import Flask, Request, redirect, request, session
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from werkzeug.wrappers import Response

from blog_core import Blog
from blog_core.api import HostUser


class Model(DeclarativeBase):
    """Base of the shop's own tables."""


db = SQLAlchemy(model_class=Model)


class Customer(db.Model):  # type: ignore[name-defined, misc]
    """Somebody the shop knows; `writes` marks the staff who write its journal."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str] = mapped_column(unique=True)
    writes: Mapped[bool] = mapped_column(default=False)


def shop_user(_request: Request) -> HostUser | None:
    """The shop's signed-in customer, as the blog sees people: only staff have a role in it."""
    customer = db.session.get(Customer, session.get("customer_id", 0))
    if customer is None or not customer.writes:
        return None
    return HostUser(id=str(customer.id), name=customer.name, email=customer.email, role="editor")


def create_app(database_url: str | None = None, data_dir: str | None = None) -> Flask:
    """The shop, with its journal at /journal."""
    app = Flask(__name__)
    app.config["SECRET_KEY"] = os.environ.get("SHOP_SECRET_KEY", "only for this example")
    app.config["SQLALCHEMY_DATABASE_URI"] = database_url or "sqlite:///shop.db"
    app.config["BLOG"] = {
        "title": "The workshop journal",
        "plugins": ["db_opt", "cache"],
        **({"data_dir": data_dir} if data_dir else {}),
    }
    db.init_app(app)
    Blog(app, identity=shop_user, url_prefix="/journal")

    @app.get("/")
    def front() -> str:
        return "<h1>Chairs and tables</h1><p>Read <a href='/journal/'>our journal</a>.</p>"

    @app.post("/sign-in")
    def sign_in() -> Response:
        found = db.session.execute(
            db.select(Customer).filter_by(email=request.form["email"])
        ).scalar_one_or_none()
        if found is not None:
            session["customer_id"] = found.id
        return redirect("/")

    with app.app_context():
        db.create_all()
    return app
