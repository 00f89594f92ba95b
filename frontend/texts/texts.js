import { texts as english } from "./en.js"

/** Languages with a file of their own, such as de.js, that has any of the keys of en.js. */
const TRANSLATIONS = []

const language = TRANSLATIONS.find(tag => navigator.language.startsWith(tag))
export const texts = { ...english, ...(language && (await import(`./${language}.js`)).texts) }
