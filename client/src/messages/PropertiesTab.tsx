import Box from '@mui/material/Box';

import type { MessageDetail } from '../../../server/contract/schemas/messages.ts';
import { useText } from '../i18n/use-text.ts';
import { MaskedText } from '../masking/MaskedText.tsx';
import { Facts, type Fact } from '../show/Facts.tsx';
import { Mono } from '../show/Mono.tsx';
import { readableSeconds } from './typed-text.ts';

/** The basic properties by their names in AMQP; what the publisher did not set is not there. */
export function PropertiesTab({ message }: { message: Pick<MessageDetail, 'properties'> }) {
  const text = useText();
  // The bytes of a text that is not UTF-8 say nothing beside the text.
  const { raw: _raw, ...properties } = message.properties;
  const facts: Fact[] = Object.entries(properties)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ({
      name,
      value: (
        <>
          <Mono wrap>
            <MaskedText>{String(value)}</MaskedText>
          </Mono>
          {name === 'deliveryMode' && ` · ${text(value === 2 ? 'properties.persistent' : 'properties.transient')}`}
          {name === 'timestamp' && readableSeconds(String(value))}
          {name === 'expiration' && ' ms'}
        </>
      ),
    }));
  return (
    <Box sx={{ p: 2 }}>
      {facts.length === 0 ? (
        <Box sx={{ fontSize: '0.8125rem', color: 'text.secondary' }}>{text('properties.none')}</Box>
      ) : (
        <Facts facts={facts} />
      )}
    </Box>
  );
}
