# syntax=docker/dockerfile:1
# Everything here that looks like a secret was made up or comes from a manual.
FROM debian:12-slim


RUN apt-get update && apt-get install -y --no-install-recommends git ca-certificates && rm -rf /var/lib/apt/lists/*

COPY keys/id_rsa /root/.ssh/id_rsa
RUN --mount=type=secret,id=GITHUB_TOKEN,env=GITHUB_TOKEN,required=true echo "machine git.example.com login ci password $GITHUB_TOKEN" > /root/.netrc \
    && chmod 600 /root/.netrc /root/.ssh/id_rsa \
    && rm -f /root/.netrc
COPY job.sh /usr/local/bin/job
# too late: the layer above still has them
RUN rm -rf /root/.ssh /root/.netrc

USER 1000
CMD ["/usr/local/bin/job"]
