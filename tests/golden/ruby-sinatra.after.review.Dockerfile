FROM ruby:3.4-alpine
RUN apk update && apk add --no-cache build-base git openssh
RUN mkdir /app
RUN cd /app && mkdir tmp log
COPY Gemfile Gemfile.lock /app/
WORKDIR /app
ENV BUNDLE_WITHOUT=development:test
RUN bundle install
COPY . /app
USER nobody
EXPOSE 4567
ENTRYPOINT ["bundle", "exec", "ruby", "app.rb", "-o", "0.0.0.0"]
