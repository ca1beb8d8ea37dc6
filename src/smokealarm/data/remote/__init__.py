"""Tables that live elsewhere: asked through Ibis, which is loaded only for them."""
