FROM debian:12-slim
RUN apt-get update && apt-get install -y gosu && useradd --system shop
COPY entrypoint.sh /usr/local/bin/
ENTRYPOINT ["entrypoint.sh"]
CMD ["shop"]
