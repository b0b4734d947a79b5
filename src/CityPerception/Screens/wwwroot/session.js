// Who is signed in, where anybody has to be.
const button = document.getElementById("sign-out");

/** Goes to the page to sign in at, and comes back from there. */
export function signIn() {
  location.assign(`/sign-in?to=${encodeURIComponent(location.pathname + location.search)}`);
}

/** Shows the way out to whoever is in. False if one has to sign in first. */
export async function watchSession() {
  try {
    const session = await (await fetch("/api/session")).json();
    button.hidden = !session.name;
    button.title = session.name ?? "";
    return !session.required || session.name !== null;
  } catch {
    return true; // the server is away: that says nothing
  }
}

/** Whether who is signed in has one of these roles; everybody has while nobody is asked who they are. */
export async function hasRole(...roles) {
  try {
    const session = await (await fetch("/api/session")).json();
    return !session.required || session.roles.some((role) => roles.includes(role));
  } catch {
    return false;
  }
}

button.addEventListener("click", async () => {
  await fetch("/api/session", { method: "DELETE" });
  signIn();
});
