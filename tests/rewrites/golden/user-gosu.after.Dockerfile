FROM debian:12-slim
RUN apt-get update && apt-get install -y gosu && groupadd --gid 10001 shop && useradd --uid 10001 --gid 10001 --system shop
COPY entrypoint.sh /usr/local/bin/
USER 10001:10001
ENTRYPOINT ["entrypoint.sh"]
CMD ["shop"]
