//! bindings-python/python/anysspi/_native.pyi: the types of the native module, as its own code says
//! them.

use crate::run;
use std::path::Path;

const HEAD: &str = "# Written by `cargo xtask generate` from bindings-python/src: do not edit.\n";

/// The module that only tests build.
const TESTING: &str = "testing";

pub(super) fn make() -> Result<String, String> {
    // With the features that the tests are built with, so that nothing is built twice.
    run::child(&mut run::cargo(&["build", "--quiet", "-p", "anysspi-python", "--all-features"]))?;
    let library = run::target_directory().join("debug").join(run::library_file("_native"));
    read(&library).map_err(|error| format!("the types of {}: {error:#}", library.display()))
}

fn read(library: &Path) -> Result<String, String> {
    let module = pyo3_introspection::introspect_cdylib(library, "_native");
    let mut module = module.map_err(|error| format!("{error:#}"))?;
    module.modules.retain(|inner| inner.name != TESTING);
    let files = pyo3_introspection::module_stub_files(&module);
    match files.into_values().next() {
        Some(text) => Ok(format!("{HEAD}{text}")),
        None => Err("the module says nothing about its types".into()),
    }
}
