/** The app's name, wherever a page shows it. The browser tab's first title is in index.html. */
export const APP_NAME = "My app";
