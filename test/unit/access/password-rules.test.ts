import { describe, expect, it } from 'vitest';

import { makePassword } from '../../../server/access/passwords.ts';
import { passwordFault } from '../../../server/access/password-rules.ts';

describe('A new password', () => {
  it.each([
    'purple monkey dishwasher',
    'my dog eats fish every friday',
    '새벽에는 모두가 잠들어야 한다',
    'xK3vq9Zt1Lm4PwQ',
    'all small letters and no sign',
    '🐕 eats 🐟 on fridays only',
    ' blanks at both ends ',
    `${'purple monkey dishwasher, '.repeat(3)}and so on until nobody reads it any more, ${'🐟'.repeat(400)}`,
  ])('is taken whatever it is made of: %s', (password) => {
    expect(passwordFault(password, 'kim')).toBeNull();
  });

  it.each([
    ['too short, in characters and not in bytes', 'xK3vq9Zt1Lm4Pw', 'password.tooShort'],
    ['too short, in characters and not in bytes', '비밀번호는열네글자입니다요', 'password.tooShort'],
    ['too short when its characters are made one', 'e\u0301'.repeat(14), 'password.tooShort'],
    ['one letter over and over', 'a'.repeat(40), 'password.pattern'],
    ['a word over and over', 'falcon falcon falcon', 'password.pattern'],
    ['a sequence', 'abcdefghijklmnop', 'password.pattern'],
    ['a sequence', '1234567890123456', 'password.pattern'],
    ['a row of keys', 'zxcvbnm,./asdfghjkl', 'password.pattern'],
    ['what many use', 'qwertyuiopqwerty1', 'password.common'],
    ['what many use since it was drawn', 'Correct Horse Battery!', 'password.common'],
    ['what many use, with a number behind', 'iloveyoupassword1', 'password.common'],
    ['what many use, with other signs', 'P@ssw0rd!iloveyou', 'password.common'],
    ['the name of the product', 'Dead-Letter-0ffice', 'password.likeName'],
    ['the name of the product', 'dead letter office 2026', 'password.likeName'],
    ['the username', 'kim.minjun-2026!', 'password.likeName'],
    ['the username, again and again', 'Kim Minjun Kim Minjun', 'password.likeName'],
  ])('is refused where it is %s: %s', (_what, password, fault) => {
    expect(passwordFault(password, 'kim.minjun')).toBe(fault);
  });

  it('is judged in no time, however long it is', () => {
    const begun = performance.now();
    passwordFault('password1'.repeat(113), 'kim');
    expect(performance.now() - begun).toBeLessThan(1_000);
  });
});

describe('A password that the office makes', () => {
  it('is good, is another one each time, and has nothing in it that is misread', () => {
    const made = Array.from({ length: 20 }, makePassword);
    expect(new Set(made).size).toBe(20);
    for (const password of made) {
      expect(password).toMatch(/^[a-hj-km-np-z2-9]{5}(-[a-hj-km-np-z2-9]{5}){3}$/);
      expect(passwordFault(password, 'kim')).toBeNull();
    }
  });
});
