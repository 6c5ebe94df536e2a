FROM python:3.12-slim AS app
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
RUN apt-get update && apt-get install -y build-essential
WORKDIR /srv
COPY . .
RUN pip install .
CMD ["shop"]

FROM python:3.12-slim
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /srv
COPY --from=app /opt/venv /opt/venv
COPY --from=app /srv /srv
CMD ["shop"]
