// Scores pages with Lighthouse: node lighthouse.mjs RUNS URL…   → one line of JSON a page, as it is done, on standard output.
// CHROME_PATH: the browser; CHROME_FLAGS: a JSON list of its flags.
// A line: {url, scores: {category: [0…1 of each run]}, failed: [what is short of full marks, in one of the runs]}.
import {launch} from 'chrome-launcher';
import lighthouse from 'lighthouse';
import {Fetcher} from 'lighthouse/core/gather/fetcher.js';

// Our policy lets no page fetch anything, and Lighthouse fetches robots.txt as the page: here it asks for it by itself.
Fetcher.prototype.fetchResource = function (url, {timeout} = {timeout: 2000}) {
  return this._wrapWithTimeout(this._fetchWithFetchApi(url), timeout);
};

const [runs, ...urls] = process.argv.slice(2);
const chrome = await launch({
  chromePath: process.env.CHROME_PATH,
  chromeFlags: JSON.parse(process.env.CHROME_FLAGS ?? '[]'),
  ignoreDefaultFlags: false,
});
// On a busy machine a run can fail to record itself, which says nothing of the page: it is made anew, three times at most.
async function looked(url, tries = 3) {
  const {lhr} = await lighthouse(url, {port: chrome.port, logLevel: 'silent', output: 'json'});
  if (!lhr.runtimeError) return lhr;
  if (tries > 1) return looked(url, tries - 1);
  throw new Error(`${url}: ${lhr.runtimeError.message}`);
}

try {
  for (const url of urls) {
    const scores = {};
    const failed = new Set();
    for (let run = 0; run < Number(runs); run++) {
      const lhr = await looked(url);
      for (const [name, category] of Object.entries(lhr.categories)) {
        (scores[name] ??= []).push(category.score ?? 0);
        if (category.score === 1) continue;
        for (const {id, weight} of category.auditRefs) {
          const audit = lhr.audits[id];
          if (weight && audit.score !== null && audit.score < 1) {
            failed.add(`${name}: ${audit.title}${audit.displayValue ? ` (${audit.displayValue})` : ''}${audit.explanation ? `: ${audit.explanation}` : ''}`);
          }
        }
      }
    }
    process.stdout.write(`${JSON.stringify({url, scores, failed: [...failed]})}\n`);
  }
} finally {
  chrome.kill();
}
