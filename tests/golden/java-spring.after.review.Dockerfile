FROM maven:3.8-openjdk-11 AS build
RUN mkdir -p /opt/app
WORKDIR /opt/app
COPY pom.xml .
COPY src src
RUN mvn -B package -DskipTests
RUN chmod -R 777 /opt/app
EXPOSE 8080
CMD java -jar target/demo-0.0.1.jar

FROM eclipse-temurin:11-jre
WORKDIR /opt/app
COPY --from=build /opt/app/target/demo-0.0.1.jar /opt/app/target/demo-0.0.1.jar
RUN groupadd --gid 10001 app \
    && useradd --uid 10001 --gid 10001 --no-log-init --create-home --shell /usr/sbin/nologin app \
    && install -d -o 10001 -g 10001 /opt/app
USER 10001:10001
EXPOSE 8080
CMD ["java", "-jar", "target/demo-0.0.1.jar"]
