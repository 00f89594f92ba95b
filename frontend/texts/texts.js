import { $ } from "../dom.js"
import { shared } from "../storage.js"
import { texts as english } from "./en.js"

/** Languages with a file such as de.js, which has the same keys as en.js. */
const LANGUAGES = ["en", "de"]

const wanted = [shared.get("language"), ...navigator.languages].map(tag => tag?.slice(0, 2))
export const language = wanted.find(each => LANGUAGES.includes(each)) ?? "en"
/** The language that the page offers to switch to. */
const next = LANGUAGES[(LANGUAGES.indexOf(language) + 1) % LANGUAGES.length]
export const texts = language === "en" ? english : (await import(`./${language}.js`).catch(() => ({ texts: english }))).texts

/** Show each text in, or as the name of, the element with the text's key as id. */
export function translate() {
	document.documentElement.lang = language
	$("language").lang = next
	document.title = texts.title
	for (const [id, text] of Object.entries(texts)) {
		const element = $(id)
		if (!element) continue
		if (element.matches("h1, h2, p, span, button")) element.append(text)
		else element.ariaLabel = text
	}
}

export function switchLanguage() {
	shared.set("language", next)
	location.reload()
}
