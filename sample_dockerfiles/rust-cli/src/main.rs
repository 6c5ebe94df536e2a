fn main() {
    println!("serving");
}
