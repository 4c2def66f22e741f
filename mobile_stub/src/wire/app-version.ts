/** What the app says of itself in every request; the server may refuse a version, and says why. */
export const APP_VERSION = `web/${__APP_VERSION__}`
