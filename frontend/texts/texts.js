import { $ } from "../dom.js"
import { KEYS, shared } from "../storage.js"
import { texts as english } from "./en.js"

/** Languages with a file of their own, such as de.js, that has the keys of en.js. */
const TRANSLATIONS = ["de"]

const wanted = [shared.get(KEYS.language), ...navigator.languages].map(tag => tag?.slice(0, 2))
export const language = wanted.find(each => each === "en" || TRANSLATIONS.includes(each)) ?? "en"
export const texts = language === "en" ? english : (await import(`./${language}.js`)).texts

/** Have the elements that texts are named after show them, or be named by them. */
export function translate() {
	document.documentElement.lang = language
	document.title = texts.title
	for (const [id, text] of Object.entries(texts)) {
		const element = $(id)
		if (!element) continue
		if (element.matches("h1, h2, p, span, button")) (element.querySelector("span") ?? element).textContent = text
		else element.ariaLabel = text
		if (element.ariaKeyShortcuts) element.title = `${text} (${element.ariaKeyShortcuts})`
	}
}

/** Speak the next language from now on. */
export function switchLanguage() {
	const all = ["en", ...TRANSLATIONS]
	shared.set(KEYS.language, all[(all.indexOf(language) + 1) % all.length])
	location.reload()
}
