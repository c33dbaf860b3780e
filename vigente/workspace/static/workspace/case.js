// The case page: "r" and "n" choose what is written and stand in the field; what is refused keeps its text.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-write]");
  if (!button) return;
  const choice = document.querySelector(`.composer input[name="kind"][value="${button.dataset.write}"]`);
  const field = document.querySelector("[data-composer]");
  if (choice && !choice.checked) choice.click();
  if (field) {
    event.preventDefault();
    field.focus();
    field.scrollIntoView({ block: "center" });
  }
});
