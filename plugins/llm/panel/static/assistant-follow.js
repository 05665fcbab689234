// Follows an answer that is coming: by events, or by asking now and then where no place is free.

const POLL_MS = 1_500;

/** Call `onText(more)` as text comes, and `onEnd()` once. Returns how to stop following. */
export function follow(urls, wire, { onText, onEnd }) {
  let seen = 0;
  let timer;
  const source = new EventSource(urls.stream);
  source.addEventListener("text", ({ data, lastEventId }) => {
    seen = Number(lastEventId);
    onText(JSON.parse(data));
  });
  source.addEventListener("end", end);
  source.addEventListener("error", () => {
    // A stream that only broke off is opened again by the browser itself, where it ended.
    if (source.readyState === EventSource.CLOSED) timer = setTimeout(poll, POLL_MS);
  });
  return close;

  function close() {
    source.close();
    clearTimeout(timer);
  }

  function end() {
    close();
    onEnd();
  }

  async function poll() {
    try {
      const { news } = await wire.get(`${urls.suggestion}?seen=${seen}`);
      if (news.text) onText(news.text);
      seen = news.seen;
      if (news.state !== "running") return end();
    } catch {
      // Asked again: the answer goes on coming on the server.
    }
    timer = setTimeout(poll, POLL_MS);
  }
}
