# A small Flask shop, as many teams first write it.
FROM python:3.9

LABEL org.opencontainers.image.authors="web-team@example.com"

ENV FLASK_APP=app \
    SECRET_KEY=dev-Zq81mTnR5vXcP20y

WORKDIR app

RUN apt-get update && \
    apt-get install -y gcc libpq-dev && \
    rm -rf /var/lib/apt/lists/*

# our own index needs a password
COPY pip.conf /etc/pip.conf
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
RUN rm /etc/pip.conf

COPY . .

EXPOSE 8000
CMD gunicorn --bind 0.0.0.0:8000 app:create_app
