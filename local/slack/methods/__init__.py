"""The Web API's methods that the app uses, a module for each family of them."""
