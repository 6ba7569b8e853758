/* Long work: an element with data-poll-url is fetched again every data-poll-every milliseconds (2000)
   and replaced by the answer's HTML, until the answer has no data-poll-url any more. */
function watch(element) {
  const wait = Number(element.dataset.pollEvery) || 2000;
  const again = (factor = 1) => setTimeout(ask, wait * factor);
  async function ask() {
    if (!element.isConnected) return;
    if (document.hidden) return again();
    try {
      const answer = await fetch(element.dataset.pollUrl, { headers: { "HX-Request": "true" }, redirect: "manual" });
      if (!answer.ok) return answer.status >= 500 || answer.status === 429 ? again(3) : undefined;
      const holder = document.createElement("template");
      holder.innerHTML = await answer.text();
      const fresh = holder.content.firstElementChild;
      if (!fresh) return again();
      element.replaceWith(fresh);
      if (fresh.dataset.pollUrl) watch(fresh);
      else if (fresh.dataset.pollThen) location.assign(fresh.dataset.pollThen);
    } catch {
      again(3);
    }
  }
  again();
}

for (const element of document.querySelectorAll("[data-poll-url]")) watch(element);
