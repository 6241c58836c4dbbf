import type { Logsource, LogsourceMeaning, OriginForm } from './sigma-rule.js';

/** Events that have one of each of the lists given. */
export interface TaxonomyEvents {
  /** Products that the events bear; without this it is the one whose taxonomy it is. */
  readonly products?: readonly string[];
  readonly channels?: readonly string[];
  readonly event_ids?: readonly number[];
  readonly event_types?: readonly string[];
  readonly categories?: readonly string[];
  readonly services?: readonly string[];
}

/** What the names of one product mean, or of log sources that any product may have (`config/logsources.schema.json`). */
export interface ProductTaxonomy {
  readonly product?: string;
  readonly categories?: Readonly<Record<string, readonly TaxonomyEvents[]>>;
  readonly services?: Readonly<Record<string, readonly TaxonomyEvents[]>>;
  /** Categories that rules may name without the product. */
  readonly categories_without_product?: readonly string[];
}

/** Which events the names of log sources mean, besides those that bear the names themselves. */
export class LogsourceTaxonomy {
  constructor(private readonly taxonomies: readonly ProductTaxonomy[]) {}

  /** What a log source's category and service mean. */
  meaningOf({ product, category, service }: Logsource): LogsourceMeaning {
    const forms = (name: string | undefined, kind: 'categories' | 'services'): OriginForm[] =>
      this.taxonomies
        .filter((one) => speaksFor(one, product, kind === 'categories' ? category : undefined))
        .flatMap((one) => {
          const meant = eventsNamed(one[kind], name).flatMap((events) => formsOf(events, one.product));
          return one.product === undefined && product !== undefined ? meant.filter((form) => form.product === product) : meant;
        });
    return { categories: forms(category, 'categories'), services: forms(service, 'services') };
  }

  /** Which of a log source's category and service mean nothing here, of products whose categories or services are described. */
  unknownIn({ product, category, service }: Logsource): readonly ('category' | 'service')[] {
    const own = this.taxonomies.find((one) => one.product === product);
    if (product === undefined || own === undefined) return [];
    const also = this.taxonomies.filter((one) => one === own || one.product === undefined);
    const isCategory = also.some(({ categories }) => Object.hasOwn(categories ?? {}, category ?? ''));
    const isService = also.some(({ services }) => namesService(services ?? {}, service ?? ''));
    return [
      ...(category !== undefined && own.categories !== undefined && !isCategory ? (['category'] as const) : []),
      ...(service !== undefined && own.services !== undefined && !isService ? (['service'] as const) : []),
    ];
  }
}

/** A rule that names no product means a category of a product only where that says so, and its services always. */
function speaksFor(one: ProductTaxonomy, product: string | undefined, category: string | undefined): boolean {
  if (one.product === undefined || one.product === product) return true;
  return product === undefined && (category === undefined || one.categories_without_product?.includes(category) === true);
}

function formsOf({ products, ...events }: TaxonomyEvents, own: string | undefined): OriginForm[] {
  return (products ?? (own === undefined ? [] : [own])).map((product) => ({ product, ...events }));
}

function eventsNamed(sources: ProductTaxonomy['categories'], name: string | undefined): readonly TaxonomyEvents[] {
  return sources !== undefined && name !== undefined && Object.hasOwn(sources, name) ? (sources[name] ?? []) : [];
}

/** A service is known by the name of an entry, or by one that an entry stands for. */
function namesService(services: NonNullable<ProductTaxonomy['services']>, name: string): boolean {
  return Object.hasOwn(services, name) || Object.values(services).some((forms) => forms.some((form) => form.services?.includes(name)));
}
