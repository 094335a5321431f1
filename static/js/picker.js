// Finds check boxes by their label while one types. Without it, the whole list is there.

for (const picker of document.querySelectorAll("[data-picker]")) {
  const search = picker.querySelector("[data-picker-search]");
  const groups = [...picker.querySelectorAll("[data-picker-group]")];
  const none = picker.querySelector("[data-picker-none]");
  const words = picker.querySelector("[data-picker-words]").content.textContent;
  search.parentElement.hidden = false;
  search.addEventListener("input", () => {
    const wanted = search.value.trim().toLowerCase();
    for (const group of groups) {
      const options = [...group.querySelectorAll("div")];
      for (const option of options) option.hidden = !option.textContent.toLowerCase().includes(wanted);
      group.hidden = options.every((option) => option.hidden);
    }
    none.textContent = groups.every((group) => group.hidden) ? words : "";
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault(); // it would send the form
  });
}
