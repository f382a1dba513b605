require("./js/main.js");
