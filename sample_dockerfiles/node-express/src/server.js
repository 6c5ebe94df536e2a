const express = require("express");

const app = express();
app.get("/", (request, response) => response.json({ hello: "world" }));
app.get("/health", (request, response) => response.json({ status: "up" }));
app.listen(process.env.PORT || 3000);
