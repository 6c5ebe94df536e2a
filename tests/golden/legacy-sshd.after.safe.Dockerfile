FROM ubuntu:18.04
LABEL Maintainer="ops"
ENV DEBIAN_FRONTEND noninteractive
RUN apt-get update && apt-get install openssh-server supervisor sudo telnet vim -y && rm -rf /var/lib/apt/lists/*
RUN mkdir /var/run/sshd && echo 'root:ChangeMe2019' | chpasswd
RUN sed -i 's/#PermitRootLogin.*/PermitRootLogin yes/' /etc/ssh/sshd_config
COPY service.sh /opt/service.sh
RUN chmod 777 /opt/service.sh
COPY supervisord.conf /etc/supervisor/conf.d/
EXPOSE 22 9000
CMD ["/usr/bin/supervisord", "-n"]
