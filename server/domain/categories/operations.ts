import { deleteCategory } from "./delete-category.ts";
import { getCategory } from "./get-category.ts";
import { listCategories } from "./list-categories.ts";
import { putCategory } from "./put-category.ts";

export const categoryOperations = { list: listCategories, get: getCategory, put: putCategory, delete: deleteCategory };
