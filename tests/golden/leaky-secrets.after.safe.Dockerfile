# Everything here that looks like a secret was made up or comes from a manual.
FROM debian:12-slim

ARG GITHUB_TOKEN=ghp_x7Kq2mVt9RbLw4ZnYc81JsPd6HfAe3Ug5Ti0
ENV AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE \
    AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
ENV DB_PASSWORD=hunter2-Vd93kPq

RUN apt-get update && apt-get install -y --no-install-recommends git ca-certificates && rm -rf /var/lib/apt/lists/*

COPY keys/id_rsa /root/.ssh/id_rsa
RUN echo "machine git.example.com login ci password $GITHUB_TOKEN" > /root/.netrc \
    && chmod 600 /root/.netrc /root/.ssh/id_rsa
COPY job.sh /usr/local/bin/job
# too late: the layer above still has them
RUN rm -rf /root/.ssh /root/.netrc

USER 1000
CMD ["/usr/local/bin/job"]
