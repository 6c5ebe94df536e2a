require "sinatra"

get("/") { "Hello" }
