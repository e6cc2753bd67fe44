// The one place that knows the Arrow library by name.
import * as arrow from '@uwdata/flechette'

export { arrow }
