// Makes pages smoother; every page works without it.
import "./copy.js";
import "./formset.js";
import "./forms.js";
import "./refresh.js";
