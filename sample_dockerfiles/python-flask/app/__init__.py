from flask import Flask, render_template


def create_app() -> Flask:
    app = Flask(__name__)

    @app.get("/")
    def index() -> str:
        return render_template("index.html", items=["tea", "coffee"])

    @app.get("/health")
    def health() -> dict[str, str]:
        return {"status": "up"}

    return app
