import { deleteTemplate } from "./delete-template.ts";
import { getTemplate } from "./get-template.ts";
import { listTemplateVersions } from "./list-template-versions.ts";
import { listTemplates } from "./list-templates.ts";
import { previewTemplate } from "./preview-template.ts";
import { publishTemplate } from "./publish-template.ts";
import { rollBackTemplate } from "./roll-back-template.ts";
import { saveTemplate } from "./save-template.ts";
import { testTemplate } from "./test-template.ts";

export const templateOperations = {
  list: listTemplates,
  get: getTemplate,
  save: saveTemplate,
  listVersions: listTemplateVersions,
  publish: publishTemplate,
  rollBack: rollBackTemplate,
  preview: previewTemplate,
  test: testTemplate,
  delete: deleteTemplate,
};
