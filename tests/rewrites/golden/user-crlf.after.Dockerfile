FROM debian:12-slim
WORKDIR /app
COPY . .
RUN groupadd --gid 10001 app \
    && useradd --uid 10001 --gid 10001 --no-log-init --create-home --shell /usr/sbin/nologin app \
    && install -d -o 10001 -g 10001 /app
USER 10001:10001
CMD ["./run"]