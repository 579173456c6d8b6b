//! libFuzzer's program for the target `channel_bindings`: see `src/channel_bindings.rs`.

#![cfg_attr(fuzzing, no_main)]

anysspi_fuzz::program!(channel_bindings);
