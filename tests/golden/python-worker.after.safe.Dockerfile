FROM debian:12-slim
RUN apt-get update && apt-get install -y python3 && rm -rf /var/lib/apt/lists/*
COPY worker.py /srv/worker.py
WORKDIR /srv
EXPOSE 8000
HEALTHCHECK CMD python3 -c "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/')"
CMD python3 /srv/worker.py
