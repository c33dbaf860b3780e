"""What tests need besides the code: databases, mail servers, a browser, Vigente itself as a process."""
