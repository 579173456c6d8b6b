rootProject.name = "anysspi"

dependencyResolutionManagement {
    repositories {
        mavenCentral()
    }
}
