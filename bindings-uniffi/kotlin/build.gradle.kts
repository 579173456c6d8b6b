// The package for Gradle. `cargo xtask test kotlin` compiles and tests the same sources without it.
plugins {
    kotlin("jvm") version "2.4.20"
    `java-library`
    `maven-publish`
}

group = "anysspi"
version = "0.1.0"

kotlin {
    jvmToolchain(17)
}

dependencies {
    implementation("net.java.dev.jna:jna:5.13.0")
    implementation("org.jetbrains.kotlinx:kotlinx-coroutines-core:1.8.0")
}

val repository = file("../..")
val generated = layout.buildDirectory.dir("generated/uniffi")
val native = layout.buildDirectory.dir("native")

/** The file of the native library, and the folder in which JNA looks for it. */
val libraryName: String = System.mapLibraryName("anysspi_uniffi")
val platform: String = run {
    val system = System.getProperty("os.name").lowercase()
    val name = when {
        system.startsWith("mac") -> "darwin"
        system.startsWith("windows") -> "win32"
        else -> system
    }
    val machine = when (val processor = System.getProperty("os.arch")) {
        "amd64", "x86_64" -> "x86-64"
        else -> processor
    }
    "$name-$machine"
}
val library = repository.resolve("target/release/$libraryName")

val cargoBuild by tasks.registering(Exec::class) {
    description = "Builds the native library."
    workingDir = repository
    commandLine("cargo", "build", "--release", "-p", "anysspi-uniffi")
    // Cargo knows itself what has changed.
    outputs.upToDateWhen { false }
}

val generateBridge by tasks.registering(Exec::class) {
    description = "Writes the calls of the native library in Kotlin."
    dependsOn(cargoBuild)
    workingDir = repository
    inputs.file(library)
    outputs.dir(generated)
    commandLine(
        "cargo", "run", "--quiet", "-p", "uniffi-bindgen", "--", "generate", "--no-format",
        library.path, "--language", "kotlin", "--out-dir", generated.get().asFile.path,
    )
}

val copyLibrary by tasks.registering(Copy::class) {
    description = "Puts the native library where JNA finds it in a jar."
    dependsOn(cargoBuild)
    from(library)
    into(native.map { it.dir(platform) })
}

kotlin.sourceSets.named("main") {
    kotlin.srcDir(files(generated).builtBy(generateBridge))
}

sourceSets.named("main") {
    resources.srcDir(files(native).builtBy(copyLibrary))
}

publishing {
    publications.create<MavenPublication>("maven") {
        from(components["java"])
    }
}
