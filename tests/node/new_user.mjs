// Tries the installed package as a new user would: the examples of its README and of the repository's,
// as CommonJS and as ES modules, and those of the guide, as ES modules. `node new_user.mjs FOLDER`, where the package is installed in FOLDER.

import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = process.argv[2]
for (const readme of [
  join(folder, 'node_modules/anysspi/README.md'),
  new URL('../../README.md', import.meta.url),
]) {
  const [, example] = readFileSync(readme, 'utf8').match(/```js\n([\s\S]*?)```/)
  const module = example.replace(/const (\{[^}]*\}) = require\(('[^']*')\)/g, 'import $1 from $2')
  for (const [name, text] of [
    ['example.cjs', example],
    ['example.mjs', module],
  ]) {
    writeFileSync(join(folder, name), text)
    const said = execFileSync(process.execPath, [name], { cwd: folder, encoding: 'utf8' })
    if (said !== 'CORP\\alice says hello\n') {
      throw new Error(`${name} of ${readme} said ${JSON.stringify(said)}`)
    }
  }
}
const guide = readFileSync(new URL('../../docs/node.md', import.meta.url), 'utf8')
const examples = [...guide.matchAll(/```js\n([\s\S]*?)```/g)]
if (examples.length < 15) throw new Error(`the guide has ${examples.length} examples`)
for (const [, example] of examples) {
  writeFileSync(join(folder, 'guide.mjs'), example)
  execFileSync(process.execPath, ['guide.mjs'], { cwd: folder })
}
const required =
  "new (require('anysspi/realm').Realm)('A.TEST'); require('anysspi/raw').enumerateSecurityPackages().length"
execFileSync(process.execPath, ['-e', required], { cwd: folder })
console.log(`anysspi works in Node ${process.version}`)
