import { markup } from "../../report/markup.ts";
import { CONTROLS, HATCH } from "../../report/panels/panel_style.ts";
import { modelGroups } from "./model_list.ts";
import { modelRadio } from "./parts/model_radio.ts";

/** Returns the page, before a picture is dropped on it. */
export function pageHtml(): string {
  const groups = modelGroups(), count = groups.reduce((sum, { models }) => sum + models.length, 0);
  const [{ models: [first] }] = groups;
  return markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Vitrail: what the model sees</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/page.css">
<script type="module" src="/page.js"></script>
</head>
<body>
${HATCH}
<a class="skip" href="#results">Skip to what the model sees</a>
<div class="columns">
<form id="choices" autocomplete="off">
<header>
<h1>Vitrail</h1>
<p>What a model sees of your pictures. Nothing leaves this machine.</p>
</header>
<section aria-labelledby="pictures-title">
<h2 id="pictures-title">Pictures</h2>
<label class="drop"><input type="file" id="files" multiple>
<b>Choose pictures</b><span>or drop or paste them anywhere here</span></label>
<ol id="pictures" aria-label="Pictures of the sample, in order"></ol>
</section>
<section aria-labelledby="model-title">
<h2 id="model-title">Model</h2>
<input type="search" id="search" placeholder="Search ${count} models" aria-label="Search models"
aria-controls="models">
<div id="models" role="radiogroup" aria-labelledby="model-title">
<div id="dropped"></div>
${
    groups.map(({ title, models }) =>
      markup`<fieldset><legend>${title}</legend>
${models.map((model) => modelRadio(model, model === first))}
</fieldset>`
    )
  }
<p id="unfound" hidden>No model has that name here; drop its preprocessor_config.json on the page.</p>
</div>
<p class="hint">Or drop a model’s preprocessor_config.json, processor_config.json, config.json and
tokenizer.json, all at once.</p>
<p id="model-trouble" class="trouble" role="alert" hidden></p>
<label class="field">Settings<span>one a line, as the command line’s --set</span>
<textarea id="settings" rows="2" spellcheck="false" placeholder="backend=pil"></textarea></label>
</section>
</form>
<main id="results" tabindex="-1">
<div id="empty">
<p><b>Drop pictures here</b></p>
<p>and see the canvas, every tile with its row in the tensor, what is cut off, and the tokens that it
costs.</p>
</div>
<p id="status" role="status" aria-live="polite"></p>
<p id="trouble" class="trouble" role="alert" hidden></p>
<div id="shown" hidden>
<div id="summary"></div>
${CONTROLS}
<div id="panels"></div>
<section id="rows-shown" hidden></section>
<div class="cards">
<section id="outputs" aria-label="Tensors"></section>
<section id="checks" aria-label="Executors"></section>
<section id="prompt" aria-label="Prompt"></section>
</div>
</div>
</main>
</div>
</body>
</html>
`.html;
}
