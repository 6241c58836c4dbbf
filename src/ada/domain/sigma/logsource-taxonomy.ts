import type { Logsource, LogsourceMeaning, OriginForm } from './sigma-rule.js';

/** Events of one product that have one of each of the lists given. */
export interface TaxonomyEvents {
  readonly channels?: readonly string[];
  readonly event_ids?: readonly number[];
  readonly event_types?: readonly string[];
  readonly categories?: readonly string[];
  readonly services?: readonly string[];
}

/** What the names of one product mean (`config/logsources.schema.json`). */
export interface ProductTaxonomy {
  readonly product: string;
  readonly categories?: Readonly<Record<string, readonly TaxonomyEvents[]>>;
  readonly services?: Readonly<Record<string, readonly TaxonomyEvents[]>>;
  /** Categories that rules may name without the product. */
  readonly categories_without_product?: readonly string[];
}

/** Which events the names of log sources mean, besides those that bear the names themselves. */
export class LogsourceTaxonomy {
  constructor(private readonly products: readonly ProductTaxonomy[]) {}

  /** What a log source's category and service mean. */
  meaningOf({ product, category, service }: Logsource): LogsourceMeaning {
    const asked = this.products.filter((one) => product === undefined || product === one.product);
    const forms = (name: string | undefined, kind: 'categories' | 'services', of: readonly ProductTaxonomy[]): OriginForm[] =>
      of.flatMap((one) => eventsNamed(one[kind], name).map((events) => ({ product: one.product, ...events })));
    const named = asked.filter((one) => product !== undefined || one.categories_without_product?.includes(category ?? '') === true);
    return { categories: forms(category, 'categories', named), services: forms(service, 'services', asked) };
  }

  /** Which of a log source's category and service mean nothing here, of products whose categories or services are described. */
  unknownIn({ product, category, service }: Logsource): readonly ('category' | 'service')[] {
    const known = this.products.find((one) => one.product === product);
    if (known === undefined) return [];
    const { categories, services } = known;
    return [
      ...(category !== undefined && categories !== undefined && !Object.hasOwn(categories, category) ? (['category'] as const) : []),
      ...(service !== undefined && services !== undefined && !namesService(services, service) ? (['service'] as const) : []),
    ];
  }
}

function eventsNamed(sources: ProductTaxonomy['categories'], name: string | undefined): readonly TaxonomyEvents[] {
  return sources !== undefined && name !== undefined && Object.hasOwn(sources, name) ? (sources[name] ?? []) : [];
}

/** A service is known by the name of an entry, or by one that an entry stands for. */
function namesService(services: NonNullable<ProductTaxonomy['services']>, name: string): boolean {
  return Object.hasOwn(services, name) || Object.values(services).some((forms) => forms.some((form) => form.services?.includes(name)));
}
