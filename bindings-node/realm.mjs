// Written by `cargo xtask generate`: do not edit.
// The same objects as for `require`: there is one set of classes, however it is loaded.
import realm from './realm.js'

export default realm
export const { Realm, Serving } = realm
