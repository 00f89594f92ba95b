const blob = await new Promise((resolve) => canvas.toBlob(resolve));
const response = await fetch("http://localhost:8080/", { method: "POST", body: blob });
const { digit, identified } = await response.json();
