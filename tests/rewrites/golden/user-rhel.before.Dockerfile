FROM registry.example/ubi9/ubi:9.4
RUN dnf install -y java-17-openjdk-headless && dnf clean all
WORKDIR /opt/shop
COPY shop.jar .
ENTRYPOINT ["java", "-jar", "shop.jar"]
