class Broken {
    int count = "three";

    void run() {
        missing();
    }
}
