// How hard a new password is to guess, shown while it is typed. The server decides; this only helps.

for (const input of document.querySelectorAll("input[autocomplete=new-password][data-strength]")) {
  const words = input.dataset.strength.split("|");
  const meter = document.createElement("meter");
  const text = document.createElement("span");
  meter.max = words.length - 1;
  meter.low = 1.5;
  meter.high = 2.5;
  meter.optimum = words.length - 1;
  meter.setAttribute("aria-hidden", "true");
  text.className = "small muted";
  text.setAttribute("role", "status");
  input.after(meter, text);
  meter.hidden = true;
  input.addEventListener("input", () => {
    const score = strength(input.value);
    meter.hidden = !input.value;
    meter.value = score;
    text.textContent = input.value ? words[score] : "";
  });
}

// 0 to 3, by length and by how many different characters there are: neither repeats nor sequences count.
function strength(password) {
  const different = new Set(password.toLowerCase()).size;
  const runs = password.match(/(.)\1{2,}|0123|1234|2345|3456|4567|5678|6789|abcd|qwer|asdf|planradar|passw/gi) ?? [];
  const length = [...password].length - runs.join("").length;
  if (length < 10 || different < 5) return 0;
  return length < 12 || different < 7 ? 1 : length < 16 ? 2 : 3;
}
